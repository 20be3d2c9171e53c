namespace Spool.Remote.Tests;

/// <summary>A step of a program.</summary>
/// <param name="Number">Its place in the program as it was made, which decides the time, also when steps before it are left out.</param>
/// <param name="Text">What it does, for whoever reads a failure.</param>
/// <param name="Do">Does it, and gives what was seen.</param>
sealed record Step(int Number, string Text, Func<Subject, Task<string>> Do);
