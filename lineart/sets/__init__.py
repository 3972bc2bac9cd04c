"""Sets of pictures: pairs and their table, and the shards in which a training reads them."""
