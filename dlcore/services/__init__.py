"""What pages and the command line call: one module for each kind of work, on top of `dlcore.service`."""
