module campanile.peer

go 1.19
