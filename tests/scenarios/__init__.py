"""What councils were found at fault for, told as feeds: what would have told them, and when."""
