"""
How gunicorn serves here: no thread ever waits for a client.

gunicorn's threaded worker reads requests and writes answers in its few threads, and closes connections in
its only loop; ten clients that stall take a server away from everybody. Here the loop reads a whole request,
a thread answers it, and the loop writes what the client has not taken yet.
"""
