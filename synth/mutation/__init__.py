"""Small faults planted in a program, and how many of them its suite notices."""
