from django.db import migrations

# Letters of scripts that are written without spaces, and of Korean, whose words carry their particles.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    r"\U00020000-\U0003ffff"
)
# All of it is declared IMMUTABLE, as an index wants: what the configuration says is changed by an operator,
# who then builds the index anew (docs/search.md). The planner puts the expressions in the place of the calls:
# not of STRICT ones, for CASE is not strict.
WORDS_SQL = rf"""
CREATE TEXT SEARCH CONFIGURATION post_words (COPY = pg_catalog.simple);

-- Case, accents and compatible forms folded, runs of unspaced letters set apart. Of pure ASCII nothing is
-- left to do: the configuration folds its case.
CREATE FUNCTION post_fold(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    regexp_replace(
        normalize(
            regexp_replace(
                normalize(casefold(text COLLATE "pg_unicode_fast"), NFKD), '[\u0300-\u036f]+', '', 'g'),
            NFKC),
        '([{UNSPACED}]+)', ' \1 ', 'g');

-- What a text is found by. The signs that join words in PostgreSQL's parser (addresses, paths, signed
-- numbers) part them here. A run of unspaced letters becomes its pairs and its last: "abc" is "ab bc c".
CREATE FUNCTION post_words(text text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    to_tsvector('post_words', regexp_replace(
        CASE WHEN octet_length(text) = char_length(text) THEN text
             ELSE regexp_replace(post_fold(text), '(?<=[{UNSPACED}])([{UNSPACED}])', '\1 \1', 'g') END,
        '[./@&<+-]', ' ', 'g'));

-- What is looked for: the same words, one after the other. The last letter of a run that ends the text is in
-- its last pair already.
CREATE FUNCTION post_phrase(text text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    phraseto_tsquery('post_words', regexp_replace(
        CASE WHEN octet_length(text) = char_length(text) THEN text
             ELSE regexp_replace(
                 post_fold(text), '(?<=[{UNSPACED}])([{UNSPACED}])(?!\s*$)', '\1 \1', 'g') END,
        '[./@&<+-]', ' ', 'g'));

-- The same words in any order, as the index alone can tell.
CREATE FUNCTION post_all(text text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    plainto_tsquery('post_words', regexp_replace(
        CASE WHEN octet_length(text) = char_length(text) THEN text
             ELSE regexp_replace(
                 post_fold(text), '(?<=[{UNSPACED}])([{UNSPACED}])(?!\s*$)', '\1 \1', 'g') END,
        '[./@&<+-]', ' ', 'g'));

-- The same, of which the last word may go on. PostgreSQL wrote the text that is read again here.
CREATE FUNCTION post_prefix(text text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN numnode(post_phrase(text)) = 0 THEN post_phrase(text)
         ELSE (post_phrase(text)::text || ':*')::tsquery END;
"""
GONE_SQL = """
DROP FUNCTION post_prefix(text);
DROP FUNCTION post_all(text);
DROP FUNCTION post_phrase(text);
DROP FUNCTION post_words(text);
DROP FUNCTION post_fold(text);
DROP TEXT SEARCH CONFIGURATION post_words;
"""


class Migration(migrations.Migration):
    """What words posts are found by: one configuration, and functions that the index and searches share."""

    dependencies = [("posts", "0010_pins")]

    operations = [migrations.RunSQL(WORDS_SQL, GONE_SQL, hints={"placement": "sharded"})]
