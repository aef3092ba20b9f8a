"""CloudFormation: moto's engine of templates, with resources that are made in the lab's own services."""
