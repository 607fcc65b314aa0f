"""Programs that start, feed and check Guichet; nothing in `app/` imports them."""
