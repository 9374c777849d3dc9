"""The public pages. Each view reads and hands over; drawing and headers are in `web.public`."""
