"""AWS::SageMaker::Workforce: the account's only one, so it is replaced by delete and create."""

from typing import ClassVar

from a2i_local.host.adapter.resource_model import Existing, Provisioned, UpdatableType, Wanted
from a2i_local.host.adapter.sagemaker_calls import SageMakerCalls, given, name_in


class Workforce(UpdatableType):
    """A private workforce. Ref is its ARN."""

    type_name = "AWS::SageMaker::Workforce"
    gets_stack_tags = True
    create_only = ()  # the engine would create the new one while the old one exists
    replaced_by_update = ("CognitoConfig", "WorkforceName")
    _settable: ClassVar = ("IpAddressType", "OidcConfig", "SourceIpConfig", "WorkforceVpcConfig")

    def __init__(self, calls: SageMakerCalls) -> None:
        self._calls = calls

    def create(self, wanted: Wanted) -> Provisioned:
        names = (*self.replaced_by_update, *self._settable, "Tags")
        self._calls.call("CreateWorkforce", given(wanted.properties, *names))
        return self._when_active(wanted.properties["WorkforceName"])

    def update(self, existing: Existing, wanted: Wanted) -> Provisioned:
        changed = {
            name
            for name in existing.properties.keys() | wanted.properties.keys()
            if existing.properties.get(name) != wanted.properties.get(name)
        }
        if changed.intersection(self.replaced_by_update):
            self.delete(existing)
            return self.create(wanted)
        name = name_in(existing.ref)
        settings = given(wanted.properties, *changed.intersection(self._settable))
        if settings:
            self._calls.call("UpdateWorkforce", {"WorkforceName": name, **settings})
        self._calls.update_tags(existing, wanted)
        return self._when_active(name)

    def delete(self, existing: Existing) -> None:
        request = {"WorkforceName": name_in(existing.ref)}
        self._calls.call_unless_gone("DeleteWorkforce", request)
        self._calls.wait_until_gone("DescribeWorkforce", request)

    def _when_active(self, name: str) -> Provisioned:
        workforce = self._calls.wait_until_active(name)
        arn, sub_domain = workforce["WorkforceArn"], workforce["SubDomain"]
        return Provisioned(arn, {"WorkforceArn": arn, "SubDomain": sub_domain})
