namespace Spool;

/// <summary>The state of a repository.</summary>
/// <param name="CommitHash">The commit, or null.</param>
/// <param name="Branch">The branch, or null.</param>
/// <param name="RepositoryUrl">The address of the remote, or null.</param>
public sealed record GitInfo(string? CommitHash, string? Branch, string? RepositoryUrl)
{
    /// <summary>Gives it with every part cut at <see cref="StoredThread.MaxTextLength"/>.</summary>
    public GitInfo Bounded() => new(BoundedText.Of(CommitHash), BoundedText.Of(Branch), BoundedText.Of(RepositoryUrl));
}
