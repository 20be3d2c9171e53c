namespace Spool.Codex.Tests;

/// <summary>What went wrong in a step of a long test.</summary>
sealed class StepFailure(string message, Exception cause) : Exception(message, cause);
