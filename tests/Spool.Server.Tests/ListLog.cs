using Microsoft.Extensions.Logging;

namespace Spool.Server.Tests;

/// <summary>Remembers the errors of a log, and its warnings too.</summary>
sealed class ListLog : ILoggerProvider, ILogger
{
    readonly List<string> _errors = [];
    readonly List<string> _warnings = [];

    /// <summary>Gets the warnings and the errors, with their exceptions.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_errors)
                return [.. _warnings];
        }
    }

    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning)
            return;
        lock (_errors)
        {
            _warnings.Add($"{logLevel}: {formatter(state, exception)} {exception}");
            if (logLevel >= LogLevel.Error)
                _errors.Add(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
