"""`python -m localcloud.aws`: the process that the supervisor starts."""

from localcloud.aws.server import main

if __name__ == "__main__":
    main()
