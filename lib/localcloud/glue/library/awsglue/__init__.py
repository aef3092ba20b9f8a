"""The lab's `awsglue`: what Glue scripts use of AWS's package of that name, on plain Spark.

What it lacks raises NotImplementedError with its name. Written from the documentation:
https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python.html
"""
