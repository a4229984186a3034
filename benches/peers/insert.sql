INSERT INTO deliveries (id, vtid, layer, module, source, kind, status, title, ref, link, meta, delivery_id)
VALUES (gen_random_uuid(), 'DEV-CICDL-0031', 'CICDL', 'CHECK', 'github.actions', 'check_run', 'success',
    'CICDL-CHECK-COMPLETED', 'DEV-CICDL-0031-branch', 'https://github.com/acme/rocket/runs/128620228',
    '{"repository": "acme/rocket", "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "action": "completed", "name": "test", "app": "github-actions", "actor": "octocat", "branch": "DEV-CICDL-0031-branch", "run_id": 128620228, "vtid_source": "branch", "started_at": "2025-10-29T12:00:10Z", "completed_at": "2025-10-29T12:03:59Z", "details_url": "https://github.com/acme/rocket/actions/runs/128620228/job/31"}',
    gen_random_uuid()::text);
