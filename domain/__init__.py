"""What is true: one module per aggregate, no input or output, no clock."""
