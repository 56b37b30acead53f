"""Pages of the workshop for template administrators (指标管理员), one module each."""
