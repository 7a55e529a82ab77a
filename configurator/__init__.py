"""What can be made: product definitions, rules, pictures, personal content. Knows nothing of editions or orders."""
