"""What the tests share: a real database, a world to put into it, a client, a mailbox, a clock."""
