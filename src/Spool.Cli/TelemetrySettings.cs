namespace Spool.Cli;

/// <summary>What <c>spool serve</c> sends to a collector of OpenTelemetry: nothing, unless the option or the standard variables name
/// one.</summary>
/// <param name="Traces">Whether traces are sent.</param>
/// <param name="Metrics">Whether metrics are sent.</param>
/// <param name="Variables">The settings, by the names of the standard variables.</param>
sealed record TelemetrySettings(bool Traces, bool Metrics, IReadOnlyDictionary<string, string> Variables)
{
    const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    /// <summary>Gets whether anything is sent.</summary>
    public bool IsWanted => Traces || Metrics;

    /// <summary>Finds out what is asked for.</summary>
    /// <param name="url">The collector that an option names, which goes before those of the variables, or null.</param>
    /// <param name="environment">The variables.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the address of a collector is
    /// none.</exception>
    public static TelemetrySettings Of(string? url, IReadOnlyDictionary<string, string> environment)
    {
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        if (url is not null)
        {
            variables.Remove(TracesEndpoint);
            variables.Remove(MetricsEndpoint);
            variables[Endpoint] = url;
        }
        // The exporter would take a wrong address for none, and send to its default.
        foreach (var (name, address) in variables.Where(pair => pair.Key is Endpoint or TracesEndpoint or MetricsEndpoint))
        {
            if (
                !Uri.TryCreate(address, UriKind.Absolute, out var uri)
                || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            )
                throw ThreadStoreException.InvalidRequest(
                    $"{(url is null ? name : "--otlp")} is the URL of a collector, such as http://127.0.0.1:4317."
                );
        }
        var isOff =
            string.Equals(variables.GetValueOrDefault("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase) && url is null;
        variables.Remove("OTEL_SDK_DISABLED");
        bool IsSent(string endpoint, string exporter) =>
            !isOff
            && (variables.ContainsKey(Endpoint) || variables.ContainsKey(endpoint))
            && variables.GetValueOrDefault(exporter) != "none";
        return new TelemetrySettings(
            IsSent(TracesEndpoint, "OTEL_TRACES_EXPORTER"),
            IsSent(MetricsEndpoint, "OTEL_METRICS_EXPORTER"),
            variables
        );
    }
}
