using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Spool.Local.Tests;

/// <summary>Keeps what is logged: the ids of events and the texts.</summary>
sealed class LinesOfLog : ILoggerFactory, ILogger
{
    readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _lines = [];

    public IReadOnlyList<(int Id, LogLevel Level, string Text)> All => [.. _lines];

    public IEnumerable<int> Ids => All.Select(line => line.Id);

    public string Category { get; private set; } = "";

    public ILogger CreateLogger(string categoryName)
    {
        Category = categoryName;
        return this;
    }

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue((eventId.Id, logLevel, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) { }

    public void Dispose() { }
}
