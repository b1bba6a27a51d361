"""The doors: HTTP, channels, queue and command line. Turns wire into domain and back."""
