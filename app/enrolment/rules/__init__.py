"""What is pure about enrolment: states and moves, waiting times, what a person is shown."""
