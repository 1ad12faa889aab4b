"""The JSON documents that the command line prints and the API answers with: one builder for both.

What a document is made of is read by residency.store.reading; here it becomes JSON values.
"""
