"""Sentences and the lines they are read as, in the world of the story."""

GOLDEN = {
    # lead time
    "How long do our purchases take?": "lead-time",
    "how long does Borealis take to deliver": "lead-time Borealis Steel",
    "what's the lead time of Borealis Steel?": "lead-time Borealis Steel",
    "lead time for coil 2 mm": "lead-time Coil 2 mm",
    "Is Borealis slower than last year?": "lead-time Borealis Steel vs last year",
    "average lead time by country": "lead-time by country",
    "show me lead times per item over the last 90 days": "lead-time by item last 90 days",
    "lead time trend by month": "lead-time by month",
    "how many days from order to receipt this quarter": "lead-time this quarter",
    "how fast does Cobalt deliver?": "lead-time Cobalt Glass",
    "delivery time of Cobalt Glass in 2025": "lead-time Cobalt Glass in 2025",
    "when do goods arrive after ordering": "lead-time",
    "how long do we wait for material": "lead-time",
    # churn
    "who will leave us?": "churn",
    "Which customers may leave?": "churn",
    "which customers are at risk of leaving": "churn",
    "how many customers did we lose last year": "churn last year",
    "what is our churn rate": "churn",
    "churn rate by segment": "churn by segment",
    "who went quiet?": "churn",
    "who stopped ordering": "churn",
    "is Harbour & Sons at risk of leaving?": "churn Harbour & Sons",
    "customers likely to churn": "churn",
    "are we losing customers this year?": "churn this year",
    # exposed
    "how much revenue is at risk from late orders?": "exposed",
    "which at-risk customers wait for a late order": "exposed",
    "what is at stake because of delays": "exposed",
    "show me the late orders of customers at risk": "exposed",
    "revenue exposed": "exposed",
    # impact
    "who is affected by Borealis?": "impact Borealis Steel",
    "which customers wait for Borealis Steel": "impact Borealis Steel",
    "who feels it if Cobalt is late": "impact Cobalt Glass",
    "blast radius of borealis steel": "impact Borealis Steel",
    "which orders hang on P00900?": "impact P00900",
    "which customer orders depend on coil 2 mm": "impact Coil 2 mm",
    # why
    "why is Harbour & Sons late?": "why Harbour & Sons",
    "why is S00471 late": "why S00471",
    "what holds up S00471?": "why S00471",
    "what is blocking the delivery to Harbour": "why Harbour & Sons",
    "which supplier causes our late orders?": "why",
    "reason for the delay of S00472": "why S00472",
    # order
    "where is S00471?": "order S00471",
    "when will P00900 arrive": "order P00900",
    "status of order S00472": "order S00472",
    "eta of P00900": "order P00900",
    "S00471": "order S00471",
    "what was promised for S00471?": "order S00471",
    # status
    "is the data fresh?": "status",
    "when was the last sync": "status",
    "how old is our data?": "status",
    "did the sync fail": "status",
}

UNCLEAR = (
    "what about the weather",
    "sing me a song",
    "how is Zorkoff doing",
    "is it good",
    "delete everything",
    "customers",
)
