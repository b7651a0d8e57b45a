"""Official documents after GB/T 9704: typed facts in, editable Word out."""
