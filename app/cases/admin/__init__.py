"""Staff screens: what clients filed, and the page from which an officer moves a case on."""
