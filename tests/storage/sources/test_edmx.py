import pytest

from storage.sources import SourceError
from storage.sources._edmx import sets_of

EDMX = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm"
            xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityType Name="crmbaseentity" Abstract="true"/>
      <EntityType Name="activity" BaseType="mscrm.crmbaseentity">
        <Property Name="activityid" Type="Edm.Guid"/>
      </EntityType>
      <EntityType Name="email" BaseType="Microsoft.Dynamics.CRM.activity">
        <Property Name="subject" Type="Edm.String"/>
        <NavigationProperty Name="parties" Type="Collection(mscrm.party)"/>
      </EntityType>
      <ComplexType Name="money"><Property Name="amount" Type="Edm.Decimal"/></ComplexType>
      <EntityContainer Name="System">
        <EntitySet Name="emails" EntityType="Microsoft.Dynamics.CRM.email"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>"""


def test_a_set_has_the_fields_of_its_type_and_of_those_that_it_extends():
    assert sets_of(EDMX, "here") == {
        "emails": {"activityid": "Edm.Guid", "subject": "Edm.String", "parties": ""}
    }


@pytest.mark.parametrize(
    "broken",
    [b"<html>down", b"<html>Log on</html>", b"", b'<EntitySet Name="x"/>', b'{"error": "no"}'],
)
def test_what_is_no_description_is_an_error(broken):
    with pytest.raises(SourceError, match=r"here: its \$metadata"):
        sets_of(broken, "here")


def test_a_description_that_declares_entities_is_refused_before_they_are_filled_in():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(SourceError, match="declares a document type"):
        sets_of(bomb, "here")


def test_types_that_extend_each_other_in_a_ring_end():
    ring = (
        b'<S><EntityType Name="a" BaseType="n.b"><Property Name="x"/></EntityType>'
        b'<EntityType Name="b" BaseType="n.a"/><EntitySet Name="as" EntityType="n.a"/></S>'
    )
    assert sets_of(ring, "here") == {"as": {"x": ""}}
