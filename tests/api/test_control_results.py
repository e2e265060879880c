def test_the_table_is_for_everybody_and_for_caches(web):
    answer = web.get("/v1/recognition/control-results")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    told = {one["code"]: one for one in answer.json()["controlResults"]}
    assert [code for code, one in told.items() if one["ambiguous"]] == ["A1", "A2"]
    assert told["A3"]["readings"][0]["outcomes"] == ["NOT_CARRIED_OUT"]
    assert told["A2"]["name"] == "considered satisfactory"
