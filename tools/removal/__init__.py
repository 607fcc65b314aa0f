"""Taking the portal's guards out one by one, and changing its rules: does a test notice?"""
