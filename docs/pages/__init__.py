"""The pages of docs/reference, a file each: a function of what the program knows."""
