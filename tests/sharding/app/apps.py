from django.apps import AppConfig


class ShardTestsConfig(AppConfig):
    name = "tests.sharding.app"
    label = "shardtests"
