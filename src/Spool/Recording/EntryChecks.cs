using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Refuses what an entry cannot be made of: that is misuse, and said by name before anything is written.</summary>
static class EntryChecks
{
    /// <summary>Refuses texts that are null.</summary>
    /// <exception cref="ArgumentNullException">The list is null, or one of its texts.</exception>
    public static void Check(IReadOnlyList<string> texts, [CallerArgumentExpression(nameof(texts))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(texts, name);
        foreach (var text in texts)
            ArgumentNullException.ThrowIfNull(text, name);
    }
}
