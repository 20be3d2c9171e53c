using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class ThreadPatchTests
{
    static readonly Gen<Change<string>> Changes = Gen.OneOf(
        Gen.Const(default(Change<string>)),
        Gen.Const(Change.Clear<string>()),
        Choice.Of("a", "b").Select(Change.To)
    );

    [Fact]
    public void A_change_leaves_sets_or_clears()
    {
        Assert.Equal(
            ("old", "new", null),
            (default(Change<string>).Apply("old"), Change.To("new").Apply("old"), Change.Clear<string>().Apply("old"))
        );
        Assert.Equal((false, false), (default(Change<string>).IsChange, default(Change<string>).IsSet));
        Assert.Equal((true, true, "new"), (Change.To("new").IsChange, Change.To("new").IsSet, Change.To("new").Value));
        Assert.Equal((true, false), (Change.Clear<string>().IsChange, Change.Clear<string>().IsSet));
        Assert.Throws<InvalidOperationException>(() => Change.Clear<string>().Value);
        Assert.Throws<ArgumentNullException>(() => Change.To<string>(null!));
    }

    [Fact]
    public void An_empty_patch_changes_nothing()
    {
        Assert.True(new ThreadPatch().IsEmpty);
        Assert.False(new ThreadPatch { Branch = Change.Clear<string>() }.IsEmpty);
        Assert.Equal(
            (false, true),
            (
                new ThreadPatch { Name = Change.To("n"), MemoryMode = "enabled" }.ChangesGit,
                new ThreadPatch { CommitHash = Change.To("c") }.ChangesGit
            )
        );
    }

    [Fact]
    public void A_repository_state_is_patched_part_by_part_and_nothing_left_is_null() =>
        Gen.Select(Changes, Changes, Changes, Gen.Bool)
            .Sample(
                (commit, branch, url, hasState) =>
                {
                    var before = hasState ? new GitInfo("c", null, "u") : null;
                    var patch = new ThreadPatch
                    {
                        CommitHash = commit,
                        Branch = branch,
                        RepositoryUrl = url,
                    };
                    var after = patch.Apply(before);

                    Assert.Equal(
                        (commit.Apply(before?.CommitHash), branch.Apply(before?.Branch), url.Apply(before?.RepositoryUrl)),
                        (after?.CommitHash, after?.Branch, after?.RepositoryUrl)
                    );
                    Assert.Equal(
                        after is null,
                        after is not { CommitHash: not null } and not { Branch: not null } and not { RepositoryUrl: not null }
                    );
                    Assert.Equal(after, patch.Apply(after));
                }
            );

    [Fact]
    public void A_name_is_trimmed_or_refused_and_checking_twice_is_checking_once() =>
        Gen.String.Sample(name =>
        {
            ThreadPatch checkedOnce;
            try
            {
                checkedOnce = new ThreadPatch { Name = Change.To(name) }.Checked();
            }
            catch (ThreadStoreException e)
            {
                Assert.Equal(ThreadStoreErrorCode.InvalidRequest, e.Code);
                return;
            }
            Assert.Equal(name.Trim(), checkedOnce.Name.Value);
            Assert.DoesNotContain(checkedOnce.Name.Value, char.IsControl);
            Assert.Equal(name.Trim(), System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(name.Trim())));
            Assert.Equal(checkedOnce, checkedOnce.Checked());
        });

    [Fact]
    public void Clearing_is_always_allowed()
    {
        var patch = new ThreadPatch
        {
            Name = Change.Clear<string>(),
            CommitHash = Change.Clear<string>(),
            Branch = Change.Clear<string>(),
            RepositoryUrl = Change.Clear<string>(),
        };

        Assert.Equal(patch, patch.Checked());
    }
}
