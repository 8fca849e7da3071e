"""What goes wrong outside our code, really done: servers killed, disks filled, databases held."""
