-- The table as the earlier phase made it, without Supabase's roles.
CREATE TABLE oasis_events (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  vtid TEXT,
  topic TEXT NOT NULL,
  service TEXT NOT NULL,
  role TEXT NOT NULL,
  model TEXT,
  status TEXT NOT NULL CHECK (status IN ('success', 'error', 'warning', 'info')),
  message TEXT NOT NULL,
  link TEXT,
  metadata JSONB DEFAULT '{}'::jsonb
);
CREATE INDEX idx_oasis_events_created_at ON oasis_events(created_at DESC);
CREATE INDEX idx_oasis_events_service ON oasis_events(service);
CREATE INDEX idx_oasis_events_topic ON oasis_events(topic);
CREATE INDEX idx_oasis_events_status ON oasis_events(status);
CREATE INDEX idx_oasis_events_vtid ON oasis_events(vtid);
ALTER TABLE oasis_events ENABLE ROW LEVEL SECURITY;

INSERT INTO oasis_events
    (created_at, vtid, topic, service, role, model, status, message, link, metadata)
VALUES
    ('2025-10-28 10:00:00.123456+00', 'VTID-2025-4B02', 'deploy.prod.started', 'oasis-api', 'API',
        NULL, 'info', 'on its way', 'https://github.com/exafyltd/oasis/pull/22', '{"a": {"b": 1}}'),
    ('2025-10-28 09:00:00+00', NULL, 'heartbeat', 'Agent Runner', 'AGENT',
        'a-model', 'success', 'alive', 'javascript:alert(1)', NULL),
    ('2025-10-28 11:00:00+00', 'dev-cicdl-0031', '', 'github', 'CICD',
        NULL, 'error', '', NULL, '[1, 2]'),
    ('2025-10-28 11:00:01+00', 'no task id', '42', '', '', NULL, 'warning', 'odd', 'https:///x',
        'null');
