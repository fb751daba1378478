"""A batch: a stream of contract records becomes a folder of documents and one result for each record."""
