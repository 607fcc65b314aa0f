"""What Guichet costs as it grows: a made-up world of any size, and every goal measured in it."""
