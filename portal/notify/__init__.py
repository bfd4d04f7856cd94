"""GOV.UK Notify: the only place that imports its client."""
