using System.Globalization;

namespace Spool;

/// <summary>What to change of what is known of a thread. What is left out stays.</summary>
public sealed record ThreadPatch
{
    /// <summary>The longest name, in characters as people count them: a letter with its accents is one, and so is an emoji of several
    /// parts.</summary>
    public const int MaxNameLength = 1000;

    /// <summary>Gets the name: trimmed, of 1 to <see cref="MaxNameLength"/> characters in at most <see cref="StoredThread.MaxTextLength"/>
    /// UTF-16 units, without line breaks and other control characters; clearing removes it.</summary>
    public Change<string> Name { get; init; }

    /// <summary>Gets the memory mode, <c>enabled</c> or <c>disabled</c>, or null to leave it.</summary>
    public string? MemoryMode { get; init; }

    /// <summary>Gets the commit.</summary>
    public Change<string> CommitHash { get; init; }

    /// <summary>Gets the branch.</summary>
    public Change<string> Branch { get; init; }

    /// <summary>Gets the address of the repository.</summary>
    public Change<string> RepositoryUrl { get; init; }

    /// <summary>Gets whether nothing is to change.</summary>
    public bool IsEmpty => this == new ThreadPatch();

    /// <summary>Gets whether the repository state is to change.</summary>
    public bool ChangesGit => CommitHash.IsChange || Branch.IsChange || RepositoryUrl.IsChange;

    /// <summary>Gives the patch as it is stored, with the name trimmed.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the name is empty, too long or holds
    /// control characters, or the memory mode or a part of the repository state is malformed.</exception>
    public ThreadPatch Checked()
    {
        if (MemoryMode is not (null or "enabled" or "disabled"))
            throw ThreadStoreException.InvalidRequest("The memory mode is 'enabled' or 'disabled'.");
        foreach (var part in (ReadOnlySpan<Change<string>>)[CommitHash, Branch, RepositoryUrl])
        {
            if (part is { IsSet: true, Value: var text } && (!IsOfGoodLength(text) || text.Any(char.IsControl) || !IsText(text)))
                throw ThreadStoreException.InvalidRequest(
                    $"A part of the repository state has 1 to {MaxNameLength} characters (in at most {StoredThread.MaxTextLength} UTF-16 units) and no control characters."
                );
        }
        if (!Name.IsSet)
            return this;
        var name = Name.Value.Trim();
        if (!IsOfGoodLength(name) || name.Any(IsControlOrLineBreak) || !IsText(name))
            throw ThreadStoreException.InvalidRequest(
                $"A thread's name has 1 to {MaxNameLength} characters (in at most {StoredThread.MaxTextLength} UTF-16 units), without line breaks and other control characters."
            );
        return this with { Name = Change.To(name) };
    }

    /// <summary>Applies the patch to a repository state.</summary>
    /// <param name="git">The state now, or null.</param>
    /// <returns>The state afterwards, or null when nothing is left of it.</returns>
    public GitInfo? Apply(GitInfo? git)
    {
        var result = new GitInfo(CommitHash.Apply(git?.CommitHash), Branch.Apply(git?.Branch), RepositoryUrl.Apply(git?.RepositoryUrl));
        return result == new GitInfo(null, null, null) ? null : result;
    }

    // The two separators of Unicode break a line as much as a line feed, and are no control characters.
    static bool IsControlOrLineBreak(char character) => char.IsControl(character) || character is '\u2028' or '\u2029';

    // As people count: a character may have any number of accents, so there is the limit of every text as well.
    static bool IsOfGoodLength(string text) =>
        text.Length is > 0 and <= StoredThread.MaxTextLength
        && (text.Length <= MaxNameLength || new StringInfo(text).LengthInTextElements <= MaxNameLength);

    static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
                return false;
        }
        return true;
    }
}
