"""From results and axes to files: figures with their numbers, tables, sentences, one folder."""
