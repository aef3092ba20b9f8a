"""`python -m localcloud.aws`: the process that the supervisor starts."""

from localcloud.aws.lean import import_ec2

if __name__ == "__main__":
    import_ec2()
    from localcloud.aws.server import main

    main()
