"""What those who own a service, or its technicians, look after."""
