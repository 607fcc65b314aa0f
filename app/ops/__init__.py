"""Running the portal: schema, commands, worker, health, demonstration data."""
