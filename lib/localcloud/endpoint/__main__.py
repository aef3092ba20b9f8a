"""`python -m localcloud.endpoint`: the process that the supervisor starts."""

from localcloud.endpoint.lean import import_ec2

if __name__ == "__main__":
    import_ec2()
    from localcloud.endpoint.server import main

    main()
