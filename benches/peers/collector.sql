-- What the collector's sink calls: one row for each event, with no index but its key.
CREATE SCHEMA cdviz;
CREATE TABLE cdviz.cdevents_lake (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    imported_at timestamptz NOT NULL DEFAULT now(),
    payload     jsonb       NOT NULL
);
CREATE PROCEDURE cdviz.store_cdevent(event jsonb) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cdviz.cdevents_lake (payload) VALUES (event);
END $$;
